"""The addresses of the task board."""

from django.urls import path

from example.tasks.views import board, comments, events, people, reports, requests

urlpatterns = [
    path("", board.board, name="board"),
    path("tasks/new/", board.task_new, name="task-new"),
    path("tasks/<int:pk>/", board.task_detail, name="task-detail"),
    path("tasks/<int:pk>/assign/", board.task_assign, name="task-assign"),
    path("tasks/<int:pk>/status/", board.task_status, name="task-status"),
    path("tasks/<int:pk>/comment/", comments.task_comment, name="task-comment"),
    path("tasks/<int:pk>/delete/", board.task_delete, name="task-delete"),
    path("requests/", requests.request_list, name="request-list"),
    path("requests/<int:pk>/approve/", requests.approve_request, name="request-approve"),
    path("requests/<int:pk>/decline/", requests.decline_request, name="request-decline"),
    path("reports/", reports.report_list, name="report-list"),
    path("reports/<int:pk>/", reports.report_detail, name="report-detail"),
    path("reports/<int:pk>/download/", reports.report_download, name="report-download"),
    path("events/", events.event_list, name="event-list"),
    path("events/<int:pk>/remind/", events.event_remind, name="event-remind"),
    path("team/", people.team, name="team"),
    path("settings/", people.settings_page, name="settings"),
]
