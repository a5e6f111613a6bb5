# One image for all three services: `wireroom up ingest`, `wireroom up enrichment`, `wireroom up syndication`.

FROM python:3.13-slim AS build
WORKDIR /src
# requirements-otel.lock adds OpenTelemetry, for traces.
ARG LOCK=requirements.lock
COPY requirements-build.lock ${LOCK} ./
# A plain folder on PYTHONPATH instead of a virtual environment: it does not care where the next stage keeps its Python.
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes --target /opt/wireroom -r "${LOCK}" \
 && pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes --target /opt/build -r requirements-build.lock
COPY pyproject.toml LICENSE ./
COPY shared shared
COPY services services
RUN PYTHONPATH=/opt/build pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation \
    --target /opt/wireroom --upgrade .

FROM python:3.13-slim
# The base image's installers are of no use at run time, but would be to an intruder.
RUN python -c "import importlib.util as u, shutil; \
[shutil.rmtree(s.submodule_search_locations[0]) for n in ('pip', 'setuptools', 'wheel', 'ensurepip') if (s := u.find_spec(n))]" \
 && rm -f /usr/bin/pip* /usr/local/bin/pip* \
 && mkdir /data /newsroom && chown 10001:10001 /data
COPY --from=build /opt/wireroom /opt/wireroom
ENV PATH=/opt/wireroom/bin:$PATH \
    PYTHONPATH=/opt/wireroom \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    WIREROOM_DATA_DIR=/data \
    WIREROOM_NEWSROOM=/newsroom \
    WIREROOM_HOST=0.0.0.0 \
    WIREROOM_PORT=8000 \
    WIREROOM_LOG_FORMAT=json
USER 10001:10001
WORKDIR /data
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["wireroom"]
CMD ["up"]
