"""The author's account for the admin: made, or given a new password, from the command line alone."""

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError


def account(name: str, password: str) -> bool:
    """Make the account, or give the one of this name a new password, which ends its sessions; whether it is new.

    Errors   ValueError: the name or the password won't do, with all the reasons
    """
    users = get_user_model()
    user = users.objects.filter(username=name).first() or users(username=name, is_staff=True, is_superuser=True)
    new = user.pk is None
    try:
        user.clean_fields(exclude=["password"])
        validate_password(password, user)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from error
    user.set_password(password)
    user.save()
    return new
