"""How allauth is used here: staff only, and nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from cases.models import Officer
from cases.views.frame import home


class StaffAccounts(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Everybody to the first page that is theirs; who is no officer may still be a keeper of the public site."""
        officer = Officer.objects.filter(user=request.user.pk, active=True).first()
        if officer:
            return home(officer)
        writes = request.user.has_perm("wagtailadmin.access_admin")
        return "/cms/" if writes else super().get_login_redirect_url(request)
