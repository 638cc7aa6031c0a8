"""One message for everybody in a team."""

from themis.notifications import notify_user


def notify_team(team, title, message, **kwargs):
    """Send a notification to all members of a team."""
    for member in team.members.all():
        notify_user(user=member, title=title, message=message, **kwargs)
