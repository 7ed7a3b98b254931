"""An e-mail as it goes to the mail server, and the HTML of its words."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from channels.gateway import OutgoingEmail

_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
    '<body style="margin:0;padding:24px;font:18px/1.5 sans-serif;color:#1a1a1a;background:#fff">'
    '<div style="max-width:36em">{paragraphs}</div></body></html>'
)


def html(subject: str, body: str) -> str:
    """The words of an e-mail as a page without pictures or links, which nothing in the words can change."""
    lines = [line for line in body.splitlines() if line.strip()]
    paragraphs = "".join(f'<p style="margin:0 0 1em">{escape(line)}</p>' for line in lines)
    return _PAGE.format(title=escape(subject), paragraphs=paragraphs)


def one_line(text: str) -> str:
    """The text without line breaks and control characters, which a header may not have."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def written(outgoing: OutgoingEmail, *, sender: str, sender_name: str, now: datetime, reply_to: str = "") -> bytes:
    """The e-mail in the format of RFC 5322, with the same Message-ID each time it is written."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(one_line(sender_name), addr_spec=sender)
    message["To"] = Address(addr_spec=outgoing.to)
    if reply_to:
        message["Reply-To"] = Address(one_line(sender_name), addr_spec=reply_to)
    message["Subject"] = one_line(outgoing.subject)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{outgoing.message_id}@{sender.rpartition('@')[2]}>"
    # So that no absence note answers it: RFC 3834, 5.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(outgoing.body)
    if outgoing.html:
        message.add_alternative(outgoing.html, subtype="html")
    if outgoing.calendar:
        # Calendars look for the method in the header too: RFC 6047, 2.4.
        message.add_alternative(outgoing.calendar, subtype="calendar", params={"method": outgoing.calendar_method})
    return message.as_bytes()
