"""What the site writes about itself: errors only, and no address that a reader asked for."""

import logging


class RouteInsteadOfPath(logging.Filter):
    """Name the route, `<slug:slug>/`, where Django's record names the path: a path may hold somebody's token."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change Django's records about a request; let every record pass."""
        request = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple) and record.args:
            match = getattr(request, "resolver_match", None)
            record.args = (*record.args[:-1], match.route if match else "no route")
        return True
