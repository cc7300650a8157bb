"""How gunicorn runs Leadline. `leadline serve` adds address, workers and threads.

https://docs.gunicorn.org/en/stable/settings.html
"""

from typing import Any

from plugin.log import LOGGING

worker_class = "gthread"
preload_app = False  # connections and threads must not cross a fork
accesslog = None
logconfig_dict = LOGGING
timeout = 60
graceful_timeout = 4  # seconds that requests under way may take at the end
keepalive = 5
limit_request_line = 8190  # platforms send long hints in the query of a login
forwarded_allow_ips = ""  # LEADLINE_TRUSTED_PROXIES decides, nothing else
secure_scheme_headers: dict[str, str] = {}
control_socket_disable = True  # it would write a file into the home directory


def post_worker_init(worker: Any) -> None:
    """With no broker, start worker and beat in threads of this one process."""
    jobs = worker.wsgi.extensions["leadline.jobs"]
    if jobs.embedded:
        jobs.start_embedded()


def worker_exit(_server: Any, worker: Any) -> None:
    """End them again."""
    app = getattr(worker, "wsgi", None)
    if app is not None:
        app.extensions["leadline.jobs"].stop_embedded()
