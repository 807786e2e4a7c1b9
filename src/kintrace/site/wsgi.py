"""The WSGI application, for waitress or a server of the agency's own."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kintrace.site.settings")
application = get_wsgi_application()
