"""What happened to the sign-in of an account."""

from functions.users.models import SignIn, SignInQuery
from shared.models import Page
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/users/me/login-history", tag="users", v1=True)
sql = queries(__file__)


@routes.get("", old=("users/login-history",))
def list_sign_ins(request: Request, query: SignInQuery) -> Page[SignIn]:
    """List the sign-ins to your account in the last 90 days, failed ones too, latest first."""
    return request.db.page(SignIn, sql.list_sign_ins, query)
