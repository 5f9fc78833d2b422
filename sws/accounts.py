"""How allauth is used here: staff only, and nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAccounts(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """An editor of the public pages has no desk."""
        writes = request.user.has_perm("wagtailadmin.access_admin") and not hasattr(request.user, "officer")
        return "/cms/" if writes else super().get_login_redirect_url(request)
