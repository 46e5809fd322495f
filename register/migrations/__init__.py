"""How the register's schema came to be, one revision a file."""
