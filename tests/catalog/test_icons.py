from catalog.icons import svg


def test_a_picture_is_decoration_and_named_by_its_id():
    assert svg("i-plus") == '<svg class="ic" aria-hidden="true"><use href="#i-plus"/></svg>'
    assert 'class="ic big"' in svg("i-plus", "big")


def test_nothing_gets_out_of_its_attributes():
    assert '"><b>' not in svg('"><b>', '"><b>')
