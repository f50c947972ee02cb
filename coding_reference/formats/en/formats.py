"""``Nov 14, 2025``, as everywhere on the site."""

DATE_FORMAT = "M j, Y"
DATETIME_FORMAT = "M j, Y, g:i a"
