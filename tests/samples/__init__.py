"""The sample submissions: the figures as tables, and the program that fills the forms with them."""
