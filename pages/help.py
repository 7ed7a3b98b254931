"""What each screen is for, in the dialog that "?" opens."""

from collections.abc import Mapping

# By the screen's address.
OF_SCREENS: Mapping[str, str] = {
    "": "What needs attention now, what is on today and this week, and which texts go next. Tap a row to open it.",
    "customers": "Everyone you know. The search finds names and numbers while you type, filters narrow the list, "
    "and a view keeps them under a name. Managers tick customers to change many at once.",
    "events": "What is on, with how many seats are taken and left.",
    "messages": "Every text: those that need attention first, then what is planned and what was sent. "
    "One that may or may not have been sent waits for you to decide.",
    "insight": "How busy it is and was, by day and by event. Each row opens its list of events.",
    "data": "Take lists out as files, bring lists in, and answer what guests ask about their data.",
    "settings": "How this venue is set up. Everyone reads it, managers change it.",
    "customer": "One person: bookings, texts, visits, and whether they want news. A booking confirms itself by text.",
    "add_customer": "A first name, a last name and a mobile number are enough. "
    "Someone with the same name or number is shown before a second one is added.",
    "edit_customer": "Change the name, number or notes. Someone else's change at the same time is not lost.",
    "merge": "Two records of one person become one. Choose what to keep, field by field; it can be undone.",
    "edit_customers": "Several customers in a table. Only what you change is saved.",
    "duplicates": "Customers who may be the same person. *Not the same* is never asked again, *Later* in a week.",
    "event": "One event: its guests, who came, and the waitlist. When it moves or is cancelled, guests can be texted.",
    "add_event": "A name and a start are enough. Without a number of seats there is no limit.",
    "edit_event": "Another start moves the reminders, and texts the guests if you say so.",
    "door_list": "Tap who came. *Walk-in* adds someone without a booking, *Print* opens a plain list for paper.",
    "message": "One text: what it says, when it goes or went, and what became of it.",
    "conversation": "All texts from and to one number, in their order, and a box to answer.",
    "templates": "The words of each text. The preview is what a guest gets. "
    "A change counts for all texts that are not sent yet.",
    "campaigns": "Texts to many guests who agreed to news. Each is written, checked and confirmed before it goes.",
    "campaign": "One bulk text: who gets it, who does not and why, and how far it is. It can be paused and stopped.",
    "edit_campaign": "Write the words and choose who gets them. Nothing goes until it is confirmed.",
    "journal": "Who did what and when. *Undo* says first what it changes back; no text is taken back.",
    "requests": "What guests ask about their data, and by when it must be answered.",
    "request": "One guest's request: note what was done, pause it while you wait for them, and answer it.",
    "imports": "Lists from a spreadsheet. An import can be looked at before it is made, and undone after.",
    "import": "One import: which columns are which, what is in doubt, and what was refused.",
    "retention": "Customers who have not been here for a long time. No one is erased unless you do it.",
    "change_settings": "Changes count within a minute, everywhere. "
    "*Use the default* goes back to what was there before anyone changed it here.",
    "staff": "Who may sign in, with which role, and the shared tablets. A one-time link sets a first password.",
    "fields": "What this venue wants to know of its customers, besides name and number.",
    "tags": "Words to put on customers. A tag for the door stands beside the guest on the door list.",
    "account": "Your password, PIN and second step, and where you are signed in.",
}
