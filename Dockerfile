# Two images from one: `worker` (also for the one-shot jobs and the command line) and `web`.
#   docker build --target worker -t twentydays-worker .
# The tag is pinned, its digest is not: docs/production.md says how to pin that too.
FROM python:3.11.15-slim-bookworm AS python

FROM python AS build
WORKDIR /app
RUN python -m venv /opt/venv
COPY requirements/production.lock requirements/build.lock requirements/
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes \
    -r requirements/production.lock -r requirements/build.lock
COPY . .
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation -e . \
    && /opt/venv/bin/python -m compileall -q /app

FROM python AS base
RUN groupadd --system --gid 10001 twentydays \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin twentydays \
    && install --directory --owner=10001 --group=10001 /var/lib/twentydays /mailbox
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
USER 10001:10001
STOPSIGNAL SIGTERM

FROM base AS worker
HEALTHCHECK --interval=60s --timeout=20s --start-period=60s --retries=3 CMD ["python", "-m", "starter.alive", "worker"]
CMD ["python", "worker.py"]

FROM base AS web
HEALTHCHECK --interval=30s --timeout=20s --start-period=30s --retries=3 CMD ["python", "-m", "starter.alive", "web"]
CMD ["python", "-m", "web"]
