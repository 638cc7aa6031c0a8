"""What ``manage.py demo`` fills an empty database with."""
