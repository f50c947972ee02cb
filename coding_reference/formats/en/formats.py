"""``Nov 14, 2025`` and ``Nov 14, 2025, 9:05 AM EST``, as everywhere on the site."""

DATE_FORMAT = "M j, Y"
DATETIME_FORMAT = "M j, Y, g:i A T"
