# The portal and `stagedoor install` in one image. Its inputs are this checkout, package-lock.json with an integrity for
# every package, and the base image. That one is named by full version, not by digest: the same version is published again
# with security updates of Debian, which a build is to have. For a build that others can repeat, give its digest:
#   docker build --build-arg NODE_IMAGE=node:22.23.1-bookworm-slim@sha256:… -t stagedoor-portal .
# Compilers of the build stage are Debian's of the day; nothing of them gets into the image but what they make of
# better-sqlite3.
ARG NODE_IMAGE=node:22.23.1-bookworm-slim

FROM ${NODE_IMAGE} AS build
# Compile better-sqlite3 where no binary is offered for download.
RUN apt-get update \
 && apt-get install -y --no-install-recommends build-essential python3 \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN npm run build
RUN node scripts/image/collect.mjs /opt/stagedoor

FROM ${NODE_IMAGE}
COPY --from=build /opt/stagedoor /opt/stagedoor
# What is written at run time: mount volumes here, the rest of the file system can be read-only.
RUN install -d -o node -g node \
    /var/lib/stagedoor/plugins /var/lib/stagedoor/state /var/lib/stagedoor/data
# A program that may be run and not read is one whose environment and memory Linux shows to root alone: not to the processes of
# plugins, which run as the same user.
RUN chmod 0711 /usr/local/bin/node
ENV NODE_ENV=production PATH=/opt/stagedoor/node_modules/.bin:$PATH
WORKDIR /opt/stagedoor/portal
# node, by number: Kubernetes checks runAsNonRoot with it.
USER 1000:1000
EXPOSE 7007
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s CMD ["stagedoor-probe", "http://127.0.0.1:7007"]
CMD ["stagedoor-portal", "--config", "app-config.yaml", "--config", "app-config.production.yaml"]
