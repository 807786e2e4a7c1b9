"""Every page and where it is."""

from allauth.account import views as account
from allauth.socialaccount import views as directory
from django.urls import include, path
from django.views.generic import RedirectView

from kintrace.site import cases, language
from kintrace.site.door import anybody
from kintrace.site.pages import (
    about,
    administration,
    assessment,
    blocked,
    candidates,
    cards,
    conclusions,
    consenting,
    dead,
    erasing,
    health,
    office,
    offices,
    people,
    photos,
    protection,
    registry,
    reports,
    review,
    signing_in,
    statements,
    today,
    unsent,
    writing,
)

handler400 = "kintrace.site.door.unusable"
handler403 = "kintrace.site.door.forbidden"
handler404 = "kintrace.site.door.missing"
handler500 = "kintrace.site.door.broken"

urlpatterns = [
    path("", today.today, name="today"),
    path("cards", cards.cards, name="cards"),
    path("card/<uuid:card>", cards.card, name="card"),
    path("card/<uuid:card>/purpose", cases.purpose, name="purpose"),
    path("card/<uuid:card>/history", cards.history, name="card_history"),
    path("card/<uuid:card>/edit", writing.edit, name="card_edit"),
    path("card/<uuid:card>/photos", photos.card_photos, name="card_photos"),
    path("card/<uuid:card>/consent/<slug:part>", consenting.consent, name="consent"),
    path("card/<uuid:card>/consent/<slug:part>/withdraw", consenting.withdraw, name="consent_withdraw"),
    path("card/<uuid:card>/do/<slug:act>", cards.change, name="card_change"),
    path("new", writing.new_card, name="new_card"),
    path("draft/<uuid:draft>", writing.draft, name="draft"),
    path("draft/<uuid:draft>/keep", writing.keep, name="draft_keep"),
    path("draft/<uuid:draft>/discard", writing.discard, name="draft_discard"),
    path("latin", writing.latin, name="latin"),
    path("photos", photos.photos, name="photos"),
    path("photos/groups", photos.groups, name="photo_groups"),
    path("photo/<uuid:photo>", photos.photo, name="photo"),
    path("photo/<uuid:photo>/picture", photos.picture, name="picture"),
    path("photo/<uuid:photo>/do/<slug:act>", photos.change, name="photo_change"),
    path("candidates", candidates.candidates, name="candidates"),
    path("card/<uuid:card>/candidates", candidates.of_card, name="card_candidates"),
    path("candidate/<uuid:candidate>", candidates.candidate, name="candidate"),
    path("candidate/<uuid:candidate>/look", candidates.look, name="candidate_look"),
    path("candidate/<uuid:candidate>/face/<int:side>/<int:number>", candidates.face, name="candidate_face"),
    path("review", review.begin, name="review"),
    path("review/<uuid:sitting>", review.judge, name="review_sitting"),
    path("review/<uuid:sitting>/face/<int:side>/<int:number>", review.face, name="review_face"),
    path("review/<uuid:sitting>/conflict", review.conflict, name="review_conflict"),
    path("review/<uuid:sitting>/known", review.known, name="review_known"),
    path("review/<uuid:sitting>/statement", statements.statement, name="statement"),
    path("statements", statements.statements, name="statements"),
    path("conclusions", conclusions.conclusions, name="conclusions"),
    path("conclusions/<uuid:candidate>", conclusions.conclusion, name="conclusion"),
    path("conclusions/<uuid:candidate>/letter", conclusions.letter, name="letter"),
    path("dead", dead.dead, name="dead"),
    path("dead/<uuid:card>", dead.one, name="dead_card"),
    path("dead/photo/<uuid:photo>", dead.photo, name="dead_photo"),
    path("unsent", unsent.unsent, name="unsent"),
    path("office", office.change, name="office"),
    path("language", language.choose, name="language"),
    path("about", about.about, name="about"),
    path("administration", administration.overview, name="administration"),
    path("administration/check", administration.check, name="check_records"),
    path("administration/drill", administration.drill, name="restore_drill"),
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
    path("protection/blocklist", blocked.blocklist, name="blocklist"),
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
    path("account/password/reset/", signing_in.lost, name="account_reset_password"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/signup/", account.signup, name="account_signup"),  # closed; allauth names it
    path("account/factors/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    path("account/directory/cancelled/", directory.login_cancelled, name="socialaccount_login_cancelled"),
    path("account/directory/error/", directory.login_error, name="socialaccount_login_error"),
    path("account/directory/signup/", directory.signup, name="socialaccount_signup"),  # closed; allauth names it
    path(
        "account/directory/", RedirectView.as_view(pattern_name="today"), name="socialaccount_connections"
    ),  # the same
    path("account/oidc/<slug:provider_id>/login/", signing_in.to_directory, name="openid_connect_login"),
    path("account/oidc/<slug:provider_id>/login/callback/", signing_in.from_directory, name="openid_connect_callback"),
]
NAMES = {each.name for each in urlpatterns if getattr(each, "name", None)}
"""Pages there are."""
