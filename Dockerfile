# The portal and `stagedoor install` in one image. The inputs are this checkout, package-lock.json with an integrity for
# every package, and the base image. The base image is named by full version and not by digest, because the same version is
# published again with Debian's security updates. For a reproducible build, pass its digest:
#   docker build --build-arg NODE_IMAGE=node:22.23.1-bookworm-slim@sha256:… -t stagedoor-portal .
# The build stage uses Debian's current compilers. Only their build of better-sqlite3 gets into the image.
ARG NODE_IMAGE=node:22.23.1-bookworm-slim

FROM ${NODE_IMAGE} AS build
# Compiles better-sqlite3 if no binary can be downloaded.
RUN apt-get update \
 && apt-get install -y --no-install-recommends build-essential python3 \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN npm run build
RUN node scripts/image/collect.mjs /opt/stagedoor

FROM ${NODE_IMAGE}
COPY --from=build /opt/stagedoor /opt/stagedoor
# Folders that are written at run time: mount volumes here. The rest of the file system can be read-only.
RUN install -d -o node -g node \
    /var/lib/stagedoor/plugins /var/lib/stagedoor/state /var/lib/stagedoor/data
# If a program may be run but not read, Linux shows the environment and memory of its processes only to root, and not to
# plugin processes, which run as the same user.
RUN chmod 0711 /usr/local/bin/node
ENV NODE_ENV=production PATH=/opt/stagedoor/node_modules/.bin:$PATH
WORKDIR /opt/stagedoor/portal
# The user node by number, because Kubernetes checks runAsNonRoot with it.
USER 1000:1000
EXPOSE 7007
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s CMD ["stagedoor-probe", "http://127.0.0.1:7007"]
CMD ["stagedoor-portal", "--config", "app-config.yaml", "--config", "app-config.production.yaml"]
