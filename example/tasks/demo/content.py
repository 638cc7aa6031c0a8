"""The words of the demo."""

PEOPLE = [("ana", "Ana", "Souza"), ("ben", "Ben", "Okafor"), ("chris", "Chris", "Lindqvist")]

TEAMS = {"Platform": ["ana", "ben", "chris"], "Design": ["ana", "chris"], "On call": ["ana", "ben"]}

# Title, then what the task page says.
TASKS = [
    ("Deploy v2", "Roll out to half of the servers first and watch the error rate for an hour."),
    ("Write the migration guide", "One page: what changes, what to run, how to go back."),
    ("Renew the TLS certificate", "The old one ends with the month."),
    (
        "Interview notes: checkout study",
        "Eight people, forty minutes each. Quotes in the appendix.",
    ),
    ("Fix rounding in invoices", "Three customers saw totals that were off by one cent."),
    ("Move backups to the new region", "Restore one of them before we call this done."),
    ("Accessibility pass on the sign-up form", "Keyboard, screen reader, 200 % zoom, contrast."),
    ("Replace the search index", "Queries over two words take longer than a second."),
    ("Answer the security questionnaire", "Forty questions from the new customer."),
    ("Plan the offsite", "Two days, eleven people, somewhere with a train station."),
    ("Clean up feature flags", "Everything that has been on for everybody since spring."),
    ("Draft the pricing page", "Three plans. No asterisks."),
    ("Onboard Jun", "Laptop, accounts, and someone to have lunch with."),
    ("Load test the import", "A file of two million rows, three at once."),
    ("Upgrade to PostgreSQL 18", "Staging first, then a Sunday."),
    ("Translate the help centre to Arabic", "The ten articles people read most."),
    ("Remove the old API", "Two customers still call it; both have a date."),
    ("Make the empty states friendlier", "Say what the page is for and what to do first."),
    ("Review the incident of 3 March", "What we knew, when, and what would have told us sooner."),
    ("Set up the new printer", ""),
    ("Shorten the test run", "It takes nineteen minutes. Seven would do."),
    ("Write alt texts for the blog", "About sixty pictures."),
    ("Export for the accountants", "CSV, one file a month, by the fifth."),
    ("Check the cookie banner", "Does anything load before people answer?"),
    ("Rename “workspace” to “project”", "In the interface, the help and the e-mails."),
    ("Rotate the signing keys", "Both sets stay valid for a day."),
    ("Dark mode for the e-mails", ""),
    ("Archive the 2019 tickets", "Nobody has opened one since."),
]

REQUESTS = [
    "Second monitor",
    "Two days off in March",
    "Ticket for the Django conference",
    "Standing desk",
    "Licence for the design tool",
    "Access to the billing database",
    "Noise-cancelling headphones",
    "Working from Lisbon in May",
    "Budget for the user study",
    "A plant for the meeting room",
    "Train instead of plane to Oslo",
    "Course on writing plainly",
]

EVENTS = [
    ("Release review", "Room 4"),
    ("Design critique", "Room 2"),
    ("Retrospective", "Room 4"),
    ("Customer call: Northwind", "Online"),
    ("Lunch with Jun", "The Thai place"),
    ("Quarterly planning", "Big hall"),
    ("Security drill", "Everywhere"),
    ("Book club", "Kitchen"),
]

COMMENTS = [
    "Looks good to me. One question about the last paragraph.",
    "Can this wait until Thursday?",
    "I tried it on a slow connection and it still feels quick.",
    "The numbers changed since yesterday, see the new sheet.",
    "Who else should know about this?",
    (
        "Let us do the small version first. If that holds for a week we can decide about the rest, "
        "and nobody has to work on the weekend for it."
    ),
    "Done on my side.",
    "I would rather remove it than fix it.",
]

NOTICES = [
    ("The office is closed on Friday", "Public holiday. The on-call phone is with Ben.", "info"),
    ("Server CPU above 90%", "web-3, for the last 5 minutes.", "danger"),
    ("Please test the fire alarm app", "It takes two minutes. Thank you.", "warning"),
    ("We shipped 2.4", "Faster search, friendlier empty states. Cake in the kitchen.", "success"),
    ("Maintenance on Sunday at 06:00 UTC", "Expect ten minutes without sign-in.", "warning"),
    ("New coffee machine", "Please read the note before you press the red button.", "info"),
]
