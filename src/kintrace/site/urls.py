"""Every page and where it is."""

from allauth.account import views as account
from django.urls import include, path
from django.views.generic import RedirectView

from kintrace.site import language
from kintrace.site.door import anybody
from kintrace.site.pages import (
    about,
    administration,
    assessment,
    erasing,
    health,
    office,
    offices,
    people,
    protection,
    registry,
    reports,
    today,
)

handler403 = "kintrace.site.door.stale"
handler404 = "kintrace.site.door.missing"
handler500 = "kintrace.site.door.broken"

urlpatterns = [
    path("", today.today, name="today"),
    path("office", office.change, name="office"),
    path("language", language.choose, name="language"),
    path("about", about.about, name="about"),
    path("administration", administration.overview, name="administration"),
    path("administration/check", administration.check, name="check_records"),
    path("administration/people", people.listed, name="people"),
    path("administration/people/<uuid:user>", people.one, name="account"),
    path("administration/people/<uuid:user>/<slug:act>", people.change, name="account_change"),
    path("administration/offices", offices.listed, name="offices"),
    path("protection", protection.ledger, name="protection"),
    path("protection/verify", protection.verify, name="verify_ledger"),
    path("protection/checkpoint", protection.checkpoint, name="checkpoint"),
    path("protection/proof/<int:number>", protection.proof, name="proof"),
    path("protection/erasing", erasing.erasing, name="erasing"),
    path("protection/retention", erasing.retention, name="retention"),
    path("protection/consents", erasing.consents, name="consents"),
    path("protection/assessment", assessment.assessment, name="assessment"),
    path("registry", registry.registry, name="registry"),
    path("registry/case", registry.case, name="registry_case"),
    path("registry/kept", registry.keep, name="keep_search"),
    path("registry/kept/<uuid:search>", registry.kept, name="kept_search"),
    path("reports", reports.reports, name="reports"),
    path("reports/groups", reports.grouped, name="groups"),
    path("reports/export/<slug:table>", reports.export, name="export_report"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("favicon.ico", anybody(RedirectView.as_view(url="/static/kintrace/mark.svg")), name="favicon"),
    # Of allauth only what is used: nobody signs up here, and no mail is sent.
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("account/password/change/", account.password_change, name="account_change_password"),
    path("account/password/set/", account.password_set, name="account_set_password"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/signup/", account.signup, name="account_signup"),  # closed; allauth names it
    path("account/factors/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    path("account/directory/", include("allauth.socialaccount.urls")),
    path("account/oidc/", include("allauth.socialaccount.providers.openid_connect.urls")),
]
NAMES = {each.name for each in urlpatterns if getattr(each, "name", None)}
"""Pages there are."""
