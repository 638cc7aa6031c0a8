"""Saying something about a task."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from example.tasks.faces import face
from example.tasks.forms import CommentForm
from example.tasks.models import Comment, Task
from themis.notifications import notify_users


@require_POST
@login_required
def task_comment(request, pk):
    """Add a comment, and tell everybody else who has to do with the task."""
    comment = Comment(task=get_object_or_404(Task, pk=pk), author=request.user)
    form = CommentForm(request.POST, instance=comment)
    if form.is_valid():
        notify_others(form.save())
    return redirect(comment.task)


def notify_others(comment):
    """Tell the assignee and who has commented before; several comments make one row."""
    task, author = comment.task, comment.author
    name = author.get_short_name() or author.get_username()

    def comments(others):
        words = ngettext(
            "%(number)d comment on %(task)s, the newest by %(name)s",
            "%(number)d comments on %(task)s, the newest by %(name)s",
            others + 1,
        )
        return words % {"number": others + 1, "task": task.title, "name": name}

    notify_users(
        {task.assignee, *(each.author for each in task.comments.all())} - {author, None},
        title=_("%(name)s commented on %(task)s") % {"name": name, "task": task.title},
        title_many=comments,
        message=comment.text,
        url=task.get_absolute_url(),
        image=face(author.username),
        source_app="tasks",
        # Not "Task": an unread comment would keep "Task overdue" away, which prevents duplicates.
        source_model="Comment",
        source_id=str(task.pk),
        group=True,
    )
