"""The form a department fills: what it looks like (``layout``) and how it is written (``write``)."""
