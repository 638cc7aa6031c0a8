"""The task board in the admin."""

from django.contrib import admin

from example.tasks.models import Event, Report, Request, Task, Team

admin.site.register([Event, Report, Request, Team])


@admin.register(Task)
class TaskAdmin(admin.ModelAdmin):
    """Tasks, with what the board shows of them."""

    list_display = ["title", "assignee", "due_date", "status"]
    list_filter = ["status", "assignee"]
