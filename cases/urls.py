"""Addresses of the desk (/desk/) and of the citizen's own case (/track/)."""

from django.urls import path

from cases.views import calendar, case, data_rights, desk, intake, manage, oversight, people, public, replies, welcome

app_name = "cases"
urlpatterns: list = [
    path("desk/", desk.desk, name="desk"),
    path("desk/views/", desk.views, name="views"),
    path("desk/views/<int:pk>/", desk.view, name="view"),
    path("desk/cases/", desk.search, name="search"),
    path("desk/cases/<str:reference>/", case.case, name="case"),
    path("desk/cases/<str:reference>/preview/", case.preview, name="preview"),
    path("desk/cases/<str:reference>/files/<str:key>/", case.attachment, name="attachment"),
    path("desk/cases/<str:reference>/files/<str:key>/small/", case.attachment, {"small": True}, name="small"),
    path("desk/cases/<str:reference>/here/", case.here, name="here"),
    path("desk/words/", replies.ready_words, name="replies"),
    path("desk/words/<int:pk>/", replies.one_reply, name="reply"),
    path("desk/words/<int:pk>/gone/", replies.drop, name="drop_reply"),
    path("desk/new/", intake.walk_in, name="walk_in"),
    path("desk/new/questions/", intake.questions, name="questions"),
    path("desk/new/known/", intake.known, name="known"),
    path("desk/new/receipt/", intake.receipt, name="receipt"),
    path("desk/new/receipt/paper/", intake.receipt_paper, name="receipt_paper"),
    path("desk/people/", people.everybody, name="people"),
    path("desk/people/invite/", people.invite, name="invite"),
    path("desk/people/invitations/<int:number>/", people.invitation, name="invitation"),
    path("desk/people/<int:number>/", people.person, name="person"),
    *(
        path(f"desk/people/<int:number>/{what}/", people.change, {"what": what}, name=f"person_{what}")
        for what in people.CHANGES
    ),
    path("desk/me/", people.me, name="me"),
    path("welcome/", welcome.welcome, name="welcome"),
    path("welcome/<str:token>/", welcome.link, name="welcome_link"),
    path("desk/manage/", manage.manage, name="manage"),
    path("desk/manage/cases/", manage.behind_a_figure, name="behind"),
    path("desk/days-off/", calendar.days_off, name="days_off"),
    path("desk/days-off/<int:pk>/back/", calendar.take_back, name="day_back"),
    path("desk/rights/", oversight.rights, name="rights"),
    path("desk/readings/", oversight.readings, name="readings"),
    path("desk/catalogue/", oversight.the_catalogue, name="catalogue"),
    path("desk/cases/<str:reference>/data/", data_rights.data_rights, name="data_rights"),
    path("desk/cases/<str:reference>/dossier/", data_rights.dossier_of, name="dossier"),
    path("desk/erasures/", data_rights.erasures, name="erasures"),
    path("desk/retention/", data_rights.retention, name="retention"),
    path("desk/disclosures/", data_rights.disclosures, name="disclosures"),
    path("desk/breach/", data_rights.breach, name="breach"),
    path("data-protection/", data_rights.register, name="register"),
    path("track/", public.track, name="track"),
    path("track/code/", public.send_code, name="track_code"),
    path("track/case/", public.track_case, name="track_case"),
    path("track/case/<slug:step>/", public.act, name="track_act"),
    path("track/finish/", public.finish, name="track_finish"),
]
