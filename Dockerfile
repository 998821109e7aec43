# The one image of all: the batch command (recordings in /in, results in /out) and every stage of the live pipeline.
# Pinned by tag. No registry was reachable where this was written, so the digest is not known; whoever builds first
# should put it behind the tag (python:...@sha256:...), here and nowhere else.
FROM python:3.11.15-slim-bookworm AS base

FROM base AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
# Dependencies first: this layer is rebuilt only when the locks change. Everything is held to the hashes of the locks;
# what is published as source only (srt) is built with the locked setuptools, not with whatever is newest.
COPY deploy/build.lock deploy/runtime.lock ./deploy/
RUN pip install --only-binary :all: --require-hashes -r deploy/build.lock \
    && pip wheel --no-build-isolation --require-hashes --wheel-dir /wheels -r deploy/runtime.lock
COPY pyproject.toml README.md LICENSE ./
COPY pipeline ./pipeline
# Unpinned because /wheels holds one version of each; a dependency that the lock lacks fails here.
# hadolint ignore=DL3013
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && python -m venv --without-pip /opt/callshield \
    && pip --python /opt/callshield/bin/python install --no-index --find-links /wheels callshield

FROM base
LABEL org.opencontainers.image.title="callshield" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0"
# No apt-get: the wheels bring libgomp, libsndfile and OpenBLAS; libstdc++ and zlib are in the base image.
# The mount points belong to root, so that a forgotten mount is an error and not a result lost with the container.
RUN groupadd --gid 10001 callshield \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin callshield \
    && mkdir /in /out /models /recordings
COPY --from=build /opt/callshield /opt/callshield
# With a read-only root, /tmp is the only place for matplotlib's font cache. HOME, because Vosk does not start for a
# user without one, as any other --user is. Nothing is ever fetched from a model hub.
ENV PATH=/opt/callshield/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    HF_HUB_OFFLINE=1 \
    MPLCONFIGDIR=/tmp/matplotlib \
    CALLSHIELD_MODELS_DIR=/models
USER 10001:10001
# /metrics, /healthz and /readyz of a stage. Not asked here: the batch command has none and says by its exit code how
# it went. docker-compose.yml asks the stages.
EXPOSE 9464
HEALTHCHECK NONE
ENTRYPOINT ["callshield"]
CMD ["--help"]
