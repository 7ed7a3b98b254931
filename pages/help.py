"""What each screen is for, in the dialog that "?" opens."""

from collections.abc import Mapping

# By the screen's address.
OF_SCREENS: Mapping[str, str] = {
    "": "What needs attention now, what is on today and this week, and which texts are sent next. "
    "Tap a row to open it.",
    "customers": "Everyone you know. The search finds names and numbers while you type, filters narrow the list, "
    "and a view keeps them under a name. Managers tick customers to change many at once.",
    "events": "What is on, with how many seats are taken and left.",
    "messages": "Every text: those that need attention first, then those scheduled and sent. "
    "One that may or may not have been sent waits for you to decide.",
    "insight": "How busy it is and was, by day and by event. Each row opens its list of events.",
    "data": "Take lists out as files, bring lists in, and answer what customers ask about their data.",
    "settings": "How this venue is set up. Everyone can read it; managers can change it.",
    "customer": "One person: bookings, texts, visits, and whether they want news. A booking confirms itself by text.",
    "add_customer": "A first name, a last name and a mobile number are enough. "
    "If someone has the same name or number, you see them before another is added.",
    "edit_customer": "Change the name, number or notes. "
    "If someone else changes them at the same time, nothing is lost.",
    "merge": "Two records of one person become one. Choose what to keep, field by field; it can be undone.",
    "edit_customers": "Several customers in a table. Only what you change is saved.",
    "duplicates": "Customers who may be the same person. "
    "After *Not the same* you are never asked again, after *Later* in a week.",
    "event": "One event: its guests, who came, and the waitlist. When it moves or is cancelled, guests can be texted.",
    "add_event": "A name, a date and a time are enough. Without a capacity there is no limit.",
    "edit_event": "A new date or time moves the reminders, and texts the guests if you say so.",
    "door_list": "Tap who came. *Walk-in* adds someone without a booking, *Print* opens a plain list for paper.",
    "waitlists": "Parties whose seats are free, but who get no text. Call them, then book them or take them off.",
    "message": "One text: what it says, when it is sent, and whether it arrived.",
    "conversation": "All texts from and to one number, in the order they were sent, and a box to answer.",
    "templates": "The wording of each text. The preview is what a guest gets. "
    "A change applies to all texts not sent yet.",
    "campaigns": "Texts to many guests who agreed to news. Each is written, checked and confirmed before it is sent.",
    "campaign": "One bulk text: who gets it, who does not and why, and how many are sent. "
    "It can be paused and stopped.",
    "edit_campaign": "Write the text and choose who gets it. Nothing is sent until it is confirmed.",
    "journal": "Who did what and when. *Undo* first says what it changes back; texts already sent stay sent.",
    "requests": "What customers ask about their data, and by when you must answer.",
    "request": "One customer's request: note what was done, pause it while you wait for them, and answer it.",
    "imports": "Lists from a spreadsheet. "
    "You see what an import would change before it is made, and can undo it afterwards.",
    "import": "One import: which columns are which, what is in doubt, and what was refused.",
    "retention": "Customers who have not been here for a long time. No one is erased unless you do it.",
    "change_settings": "Changes apply everywhere within a minute. "
    "*Use the default* goes back to the value before anyone changed it here.",
    "staff": "Who may sign in, with which role, and the shared tablets. A one-time link sets a first password.",
    "fields": "What this venue wants to know about its customers, besides name and number.",
    "tags": "Labels for customers, such as ‘Regular’. "
    "Those shown at the door appear beside the guest on the door list.",
    "account": "Your password, PIN and second step, and where you are signed in.",
}
