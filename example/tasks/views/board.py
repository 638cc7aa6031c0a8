"""The board and its tasks."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from example.tasks.forms import AssignForm, CommentForm, StatusForm, TaskForm
from example.tasks.models import Task
from themis.models import UserNotification


@login_required
def board(request):
    """All tasks, or one's own, in three columns."""
    mine = "mine" in request.GET
    tasks = Task.objects.select_related("assignee")
    if mine:
        tasks = tasks.filter(assignee=request.user)
    columns = [
        (value, label, [task for task in tasks if task.status == value])
        for value, label in Task.Status.choices
    ]
    return render(request, "tasks/board.html", {"columns": columns, "mine": mine})


@login_required
def task_new(request):
    """Make a task."""
    form = TaskForm(request.POST or None)
    if form.is_valid():
        task = form.save()
        messages.success(request, _("Task created."))
        return redirect(task)
    return render(request, "tasks/task_new.html", {"form": form})


@login_required
def task_detail(request, pk):
    """Show one task, and mark its notifications read for the person who is looking at it."""
    task = get_object_or_404(Task.objects.select_related("assignee"), pk=pk)
    mine = UserNotification.objects.for_user(request.user)
    for source_model in ("Task", "Comment"):
        mine.about("tasks", source_model, task.pk).mark_read()
    context = {
        "task": task,
        "assign_form": AssignForm(instance=task),
        "status_form": StatusForm(instance=task),
        "comments": task.comments.select_related("author"),
        "comment_form": CommentForm(),
    }
    return render(request, "tasks/task_detail.html", context)


@require_POST
@login_required
def task_assign(request, pk):
    """Give a task to someone, who hears of it by a signal."""
    return _change_task(request, pk, AssignForm, _("Assignee saved."))


@require_POST
@login_required
def task_status(request, pk):
    """Move a task to another column."""
    return _change_task(request, pk, StatusForm, _("Status saved."))


def _change_task(request, pk, form_class, done):
    form = form_class(request.POST, instance=get_object_or_404(Task, pk=pk))
    if form.is_valid():
        form.save()
        messages.success(request, done)
    else:
        messages.error(request, _("That is not one of the choices."))
    return redirect("task-detail", pk)


@require_POST
@login_required
def task_delete(request, pk):
    """Delete a task, and by a signal all that it has said."""
    get_object_or_404(Task, pk=pk).delete()
    messages.success(request, _("Task deleted."))
    return redirect("board")
