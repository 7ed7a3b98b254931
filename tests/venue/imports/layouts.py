"""Files as address books and booking systems write them. Their header rows are the published ones, the people are made
up."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """`mobile` and `other` are the headings of phone columns, `cells` what else a row needs for them."""

    program: str
    header: Sequence[str]
    first_name: str
    last_name: str
    mobile: str
    other: str = ""
    notes: str = ""
    since: str = ""
    since_written: str = ""
    cells: Mapping[str, str] = ()  # type: ignore[assignment]
    encoding: str = "utf-8"
    separator: str = ","
    quoting: int = csv.QUOTE_MINIMAL

    def written(self, *rows: Mapping[str, str]) -> bytes:
        """A file with these rows, each given as heading → cell."""
        text = io.StringIO()
        writer = csv.DictWriter(text, self.header, restval="", delimiter=self.separator, quoting=self.quoting)  # type: ignore[arg-type]
        writer.writeheader()
        writer.writerows({**dict(self.cells), **row} for row in rows)
        return text.getvalue().encode(self.encoding)


GOOGLE = (
    "First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,Name Prefix,"
    "Name Suffix,Nickname,File As,Organization Name,Organization Title,Organization Department,Birthday,Notes,Photo,"
    "Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value,"
    "Address 1 - Label,Address 1 - Formatted,Address 1 - Street,Address 1 - City,Address 1 - PO Box,"
    "Address 1 - Region,Address 1 - Postal Code,Address 1 - Country,Address 1 - Extended Address"
)
OLD_GOOGLE = (
    "Name,Given Name,Additional Name,Family Name,Yomi Name,Given Name Yomi,Additional Name Yomi,Family Name Yomi,"
    "Name Prefix,Name Suffix,Initials,Nickname,Short Name,Maiden Name,Birthday,Gender,Location,Billing Information,"
    "Directory Server,Mileage,Occupation,Hobby,Sensitivity,Priority,Subject,Notes,Language,Photo,Group Membership,"
    "E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value,Phone 2 - Type,Phone 2 - Value"
)
OUTLOOK_DESKTOP = (
    "Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business Street,Business City,"
    "Business Postal Code,Home Street,Home City,Home Postal Code,Assistant's Phone,Business Fax,Business Phone,"
    "Business Phone 2,Callback,Car Phone,Company Main Phone,Home Fax,Home Phone,Home Phone 2,ISDN,Mobile Phone,"
    "Other Fax,Other Phone,Pager,Primary Phone,Radio Phone,TTY/TDD Phone,Telex,Account,Anniversary,Assistant's Name,"
    "Billing Information,Birthday,Categories,Children,E-mail Address,E-mail Type,E-mail Display Name,Gender,Hobby,"
    "Initials,Keywords,Language,Location,Manager's Name,Notes,Priority,Private,Referred By,Sensitivity,Spouse,Web Page"
)
OUTLOOK_COM = (
    "First Name,Middle Name,Last Name,Title,Suffix,Nickname,Given Yomi,Surname Yomi,E-mail Address,E-mail 2 Address,"
    "E-mail 3 Address,Home Phone,Home Phone 2,Business Phone,Business Phone 2,Mobile Phone,Car Phone,Other Phone,"
    "Primary Phone,Pager,Business Fax,Home Fax,Other Fax,Company Main Phone,Callback,Radio Phone,Telex,TTY/TDD Phone,"
    "IMAddress,Job Title,Department,Company,Office Location,Manager's Name,Assistant's Name,Assistant's Phone,"
    "Company Yomi,Business Street,Business City,Home Street,Home City,Personal Web Page,Spouse,Schools,Hobby,Location,"
    "Web Page,Birthday,Anniversary,Notes"
)
SQUARE = (
    "Reference ID,First Name,Last Name,Email Address,Phone Number,Nickname,Company Name,Street Address 1,"
    "Street Address 2,City,State,Postal Code,Birthday,Memo,Square Customer ID,Creation Source,First Visit,Last Visit,"
    "Transaction Count,Lifetime Spend,Email Subscription Status,Instant Profile,Blocked from online booking"
)
HUBSPOT = (
    "Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Job Title,Company Name,Contact owner,"
    "Lifecycle Stage,Lead Status,Create Date"
)
MAILCHIMP = (
    "Email Address,First Name,Last Name,Address,Phone Number,Birthday,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,"
    "CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS"
)
OLD_MAILCHIMP = MAILCHIMP.replace("First Name,Last Name", "FNAME,LNAME").replace("Phone Number", "PHONE")
EVENTBRITE = (
    "Order ID,Order date,Attendee first name,Attendee last name,Attendee email,Phone number,Purchaser city,"
    "Purchaser state,Purchaser country,Event name,Event ID,Event start date,Event start time,Event timezone,"
    "Event location,Ticket quantity,Ticket tier,Ticket type,Currency,Ticket price,Buyer first name,Buyer last name,"
    "Buyer email,Barcode number"
)
OLD_EVENTBRITE = (
    "Order #,Order Date,First Name,Last Name,Email,Quantity,Price Tier,Ticket Type,Attendee #,Group,Order Type,"
    "Currency,Total Paid,Fees Paid,Attendee Status,Event Name,Event Date,Cell Phone,Home Phone"
)
# Contacts of a Mac in Numbers, as its export apps write them: a column for each label of a number.
APPLE = "First Name,Last Name,Middle Name,Nickname,Company,Email 1,Phone 1,Phone 2,iPhone,Mobile,Birthday,Notes,Website"
APPLE_LABELS = "First name;Last name;Phone (home);Phone (iPhone);Email (home);Note"

LAYOUTS = [
    Layout(
        "Google Contacts", GOOGLE.split(","), "First Name", "Last Name", "Phone 2 - Value", "Phone 1 - Value", "Notes",
        cells={"Phone 1 - Label": "Home", "Phone 2 - Label": "Mobile", "Labels": "* myContacts"},
    ),
    Layout(
        "Google Contacts", OLD_GOOGLE.split(","), "Given Name", "Family Name", "Phone 2 - Value", "Phone 1 - Value",
        "Notes", cells={"Phone 1 - Type": "Work", "Phone 2 - Type": "* Mobile", "Group Membership": "* myContacts"},
        encoding="utf-16",
    ),
    Layout(
        "Outlook", OUTLOOK_DESKTOP.split(","), "First Name", "Last Name", "Mobile Phone", "Business Phone", "Notes",
        cells={"Title": "Mr", "Business Fax": "020 7946 0999", "Gender": "Unspecified", "Private": "False"},
        encoding="cp1252", quoting=csv.QUOTE_ALL,
    ),
    Layout(
        "Outlook", OUTLOOK_COM.split(","), "First Name", "Last Name", "Mobile Phone", "Home Phone", "Notes",
        encoding="utf-8-sig",
    ),
    Layout("Square", SQUARE.split(","), "First Name", "Last Name", "Phone Number", "", "Memo", "First Visit",
           "2024-12-31", cells={"Square Customer ID": "S1", "Transaction Count": "3"}),
    Layout("HubSpot", HUBSPOT.split(","), "First Name", "Last Name", "Mobile Phone Number", "Phone Number", "",
           "Create Date", "2024-12-31 14:30", cells={"Record ID": "5101"}),
    Layout("Mailchimp", MAILCHIMP.split(","), "First Name", "Last Name", "Phone Number", "", "NOTES", "OPTIN_TIME",
           "2024-12-31 10:00:00"),
    Layout("Mailchimp", OLD_MAILCHIMP.split(","), "FNAME", "LNAME", "PHONE", "", "NOTES", "OPTIN_TIME",
           "2024-12-31 10:00:00"),
    Layout("Eventbrite", EVENTBRITE.split(","), "Attendee first name", "Attendee last name", "Phone number",
           cells={"Buyer first name": "Bo", "Buyer last name": "Buyer"}),
    Layout("Eventbrite", OLD_EVENTBRITE.split(","), "First Name", "Last Name", "Cell Phone", "Home Phone"),
    Layout("Apple Contacts", APPLE.split(","), "First Name", "Last Name", "iPhone", "Phone 1", "Notes"),
    Layout("Apple Contacts", APPLE_LABELS.split(";"), "First name", "Last name", "Phone (iPhone)", "Phone (home)",
           "Note", separator=";"),
]  # fmt: skip
