"""What a listening experiment has shown: tables, pictures, reliability, a ratings table."""
