"""The adapter for SES, against moto's SES."""

import pytest
from moto import mock_aws

from functions.notifications.mail import Mail, Refused, send
from shared import aws

MAIL = Mail(
    to="ada@example.com",
    subject="Grüße",
    html="<p>Hallo</p>",
    text="Hallo",
    unsubscribe_url="https://api.campus.example/unsubscribe/x",
)


@pytest.fixture
def ses():
    with mock_aws():
        del aws._clients["sesv2"]
        yield aws.client("sesv2")


def test_a_mail_reaches_ses_whole(ses):
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.ses.models import ses_backends

    ses.create_email_identity(EmailIdentity="example.com")
    assert send(MAIL)
    (sent,) = ses_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"].sent_messages
    assert sent.source == "Campus <campus@example.com>"
    assert sent.destinations["ToAddresses"] == ["ada@example.com"]
    assert sent.subject == "Grüße"


def test_a_sender_that_ses_does_not_know_is_refused(ses):
    with pytest.raises(Refused, match="MessageRejected"):
        send(MAIL)
