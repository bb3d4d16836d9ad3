"""What somebody can have in users, and what its routes take."""

from shared.ids import uuid7
from tests.things import Thing

PERSON = {"email": "ada@example.com", "code": "123456", "password": "Analytical-Engine-1843"}
PROFILE = {
    "username": "ada.lovelace", "firstName": "Ada", "lastName": "Lovelace", "country": "GB",
    "university": "London", "program": "Mathematics", "timezone": "UTC", "locale": "en",
    "marketingOptIn": True,
}  # fmt: skip

THINGS = [
    Thing(
        "api_key",
        "/users/me/api-keys",
        {"name": "{words}", "scopes": ["tasks:read"], "expiresInDays": 30},
    )
]
BODIES = {
    "Address": {"email": PERSON["email"]},
    "ApiKeyPatch": {"name": "Laptop", "scopes": ["tasks:read"]},
    "Confirmation": {"email": PERSON["email"], "code": PERSON["code"]},
    "Credentials": {"email": PERSON["email"], "password": PERSON["password"]},
    "NewDevice": {"token": "ExponentPushToken[3kTMd9mJ3qv7WvZ0h1nSga]"},
    "Onboarding": {**PROFILE, "dateOfBirth": "2000-01-01", "parentalConsent": False},
    "PasswordChange": {"currentPassword": "Engine-1822", "newPassword": PERSON["password"]},
    "PasswordReset": PERSON,
    "PersonPatch": {**PROFILE, "bio": "Programs", "weekStartsOn": 1},
    "Renewal": {"refreshToken": "eyJjdHkiOiJKV1QifQ.cmVmcmVzaA.c2lnbmF0dXJl"},
    "SignUp": {
        "email": PERSON["email"], "password": PERSON["password"],
        "firstName": "Ada", "lastName": "Lovelace",
    },
}  # fmt: skip
VALUES = {"name": lambda plot: f"ada{uuid7().hex[-8:]}", "platform": "ios"}
