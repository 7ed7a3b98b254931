"""What the provider's error codes mean for the staff of a pub, and whose fault each is.

The meanings are from https://www.twilio.com/docs/api/errors. The sentences and the faults are ours.
"""

from dataclasses import dataclass

from channels.gateway import Fault


@dataclass(frozen=True)
class Meaning:
    """Whose fault an error is, what happened, and what staff do next."""

    fault: Fault
    happened: str
    next_step: str


def explain(code: str | int) -> str:
    """What happened and what to do next, as sentences for bar staff. An unknown code is shown to them."""
    meaning = MEANINGS.get(str(code))
    if not code:
        return "The text was not delivered, and Twilio does not say why. Call the customer."
    if meaning is None:
        return f"The text was not delivered (Twilio's code {code}). Call the customer, and show this code to a manager."
    return f"{meaning.happened} {meaning.next_step}"


def fault_of(code: str | int) -> Fault:
    """Whose fault a code is. An unknown code counts as a fault of this one message: it fails and stops no others."""
    meaning = MEANINGS.get(str(code))
    return meaning.fault if meaning else Fault.MESSAGE


OPTED_OUT = "21610"
CHECK_NUMBER = "Ask the customer for their mobile number, and correct it."
CALL = "Call the customer instead."
ADMIN = "No text has been lost. Contact your administrator: sending continues once it is fixed."
COUNTRY = (
    "No text has been lost, and other countries are not affected. Contact your administrator: "
    "texts that are still relevant are sent once Twilio lets us text this country."
)
NOT_YET = "The text is tried again every hour, and others are not affected. Call the customer if it is urgent."
SEND_AGAIN = "Use “Send again” if it is still relevant, or call the customer."

MEANINGS: dict[str, Meaning] = {
    # The number itself.
    "21211": Meaning(Fault.NUMBER, "This is not a working mobile number.", CHECK_NUMBER),
    "21214": Meaning(Fault.NUMBER, "This number cannot be reached.", CHECK_NUMBER),
    "21265": Meaning(Fault.NUMBER, "This is a short code, not a person's mobile.", CHECK_NUMBER),
    "21614": Meaning(Fault.NUMBER, "This number is not a mobile and cannot receive texts.", CHECK_NUMBER),
    "21635": Meaning(Fault.NUMBER, "This is a landline and cannot receive texts.", CHECK_NUMBER),
    "30004": Meaning(Fault.NUMBER, "This phone blocks our texts, or cannot receive them.", CALL),
    "30005": Meaning(Fault.NUMBER, "This number is no longer in use.", CHECK_NUMBER),
    "30006": Meaning(Fault.NUMBER, "This is a landline, or its network does not accept texts.", CHECK_NUMBER),
    # Its owner does not want texts.
    OPTED_OUT: Meaning(
        Fault.OPTED_OUT,
        "This customer texted STOP and gets no texts from us.",
        "Call them. Only they can undo it, by texting START to our number.",
    ),
    # The account and its configuration.
    "10001": Meaning(Fault.ACCOUNT, "Our Twilio account is not active.", ADMIN),
    "20003": Meaning(Fault.ACCOUNT, "Twilio did not accept our account's credentials.", ADMIN),
    "20005": Meaning(Fault.ACCOUNT, "Our Twilio account is not active.", ADMIN),
    "20006": Meaning(Fault.ACCOUNT, "Our Twilio account may not send texts.", ADMIN),
    "20008": Meaning(Fault.ACCOUNT, "The Twilio credentials are for testing only.", ADMIN),
    "20403": Meaning(Fault.ACCOUNT, "Our Twilio account may not send texts.", ADMIN),
    "20404": Meaning(Fault.ACCOUNT, "Twilio does not know our account.", ADMIN),
    "21212": Meaning(Fault.ACCOUNT, "The number we send from is not valid.", ADMIN),
    "21601": Meaning(Fault.ACCOUNT, "The number we send from cannot send texts.", ADMIN),
    "21603": Meaning(Fault.ACCOUNT, "No number to send from is set.", ADMIN),
    "21606": Meaning(Fault.ACCOUNT, "The number we send from cannot send texts.", ADMIN),
    "21609": Meaning(Fault.ACCOUNT, "The address for delivery reports (PUBLIC_URL) is not valid.", ADMIN),
    "21659": Meaning(Fault.ACCOUNT, "The number we send from is not a Twilio number.", ADMIN),
    "21660": Meaning(Fault.ACCOUNT, "The number we send from belongs to another account.", ADMIN),
    "21661": Meaning(Fault.ACCOUNT, "The number we send from cannot send texts.", ADMIN),
    "21701": Meaning(Fault.ACCOUNT, "Our Twilio messaging service does not exist.", ADMIN),
    "21703": Meaning(Fault.ACCOUNT, "Our Twilio messaging service has no number to send from.", ADMIN),
    "21704": Meaning(Fault.ACCOUNT, "Our Twilio messaging service has no number to send from.", ADMIN),
    "21705": Meaning(Fault.ACCOUNT, "Our Twilio messaging service is not valid.", ADMIN),
    "63038": Meaning(Fault.ACCOUNT, "Our account has sent all the texts it may send in 24 hours.", ADMIN),
    # The account may not text this country. The last two concern numbers in North America only.
    "21408": Meaning(Fault.COUNTRY, "Our Twilio account may not text this country.", COUNTRY),
    "30032": Meaning(Fault.COUNTRY, "The number we send from is not verified for this country.", COUNTRY),
    "30034": Meaning(Fault.COUNTRY, "The number we send from is not registered with this country's networks.", COUNTRY),
    # The account may not text this number yet.
    "21608": Meaning(Fault.NOT_YET, "Our Twilio account is a trial, which texts only verified numbers.", NOT_YET),
    # May succeed the second time.
    "21611": Meaning(Fault.RETRY_ONCE, "Too many texts were waiting at Twilio.", SEND_AGAIN),
    "30001": Meaning(Fault.RETRY_ONCE, "Too many texts were waiting at Twilio.", SEND_AGAIN),
    "30002": Meaning(Fault.RETRY_ONCE, "Our Twilio account was suspended before the text left.", SEND_AGAIN),
    "30036": Meaning(Fault.RETRY_ONCE, "The text waited too long at Twilio and was not sent.", SEND_AGAIN),
    # A fault of this text only.
    "21602": Meaning(Fault.MESSAGE, "The text was empty.", CALL),
    "21604": Meaning(Fault.MESSAGE, "The text had no number to go to.", CHECK_NUMBER),
    # Twilio reports it for single networks and for whole countries alike, so it must not stop texts to other numbers.
    "21612": Meaning(Fault.MESSAGE, "Our number cannot text this number.", CALL),
    "21617": Meaning(Fault.MESSAGE, "The text was too long.", "Shorten it and send it again."),
    "30003": Meaning(Fault.MESSAGE, "The phone was switched off or out of reach.", SEND_AGAIN),
    "30007": Meaning(Fault.MESSAGE, "The network blocked the text as spam.", CALL),
    "30008": Meaning(Fault.MESSAGE, "The network did not deliver the text and did not say why.", SEND_AGAIN),
    "30010": Meaning(Fault.MESSAGE, "The text cost more than our limit.", CALL),
    "30017": Meaning(Fault.MESSAGE, "The network was too busy to deliver the text.", SEND_AGAIN),
}
