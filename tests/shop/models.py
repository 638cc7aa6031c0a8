"""A shop whose customers are users with a customer number: a child model with a key of its own.

The app has migrations, since Django makes tables without any before the user model's.
"""

from django.contrib.auth.models import User
from django.db import models


class Customer(User):
    number = models.AutoField(primary_key=True)
    user_ptr = models.OneToOneField(User, models.CASCADE, parent_link=True)
