# A small image of Docent: docker build -t docent . && docker run --init -p 127.0.0.1:3000:3000 -v docent:/data docent
#
# Settings are environment variables, as everywhere. The docs are in /content, a mount in its place replaces the shipped
# example; all that Docent writes is in /data. compose.yaml has both.

FROM node:24-bookworm-slim AS build
# hnswlib-node is compiled, against the headers that the image has.
RUN apt-get update && apt-get install -y --no-install-recommends g++ make python3
ENV npm_config_nodedir=/usr/local
WORKDIR /docent
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund
# Two thirds of the packages are ONNX Runtime for browsers and for other systems.
RUN rm -rf node_modules/onnxruntime-web \
  && find node_modules/onnxruntime-node/bin -mindepth 2 -maxdepth 2 ! -name linux -exec rm -rf {} + \
  && find node_modules/onnxruntime-node/bin/*/linux -mindepth 1 -maxdepth 1 ! -name "$(node -p process.arch)" -exec rm -rf {} +
COPY LICENSE tsconfig.json ./
COPY bin ./bin
COPY scripts/build ./scripts/build
COPY src ./src
COPY packages ./packages
# The app as npm's package has it: nothing is built where it runs.
RUN npm run prepack

FROM node:24-bookworm-slim
# For sources that are repositories.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates git openssh-client \
  && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production HOST=0.0.0.0 CONTENT_DIR=/content DATA_DIR=/data
WORKDIR /docent
COPY LICENSE package.json ./
COPY bin ./bin
COPY models ./models
COPY content /content
COPY --from=build /docent/node_modules ./node_modules
COPY --from=build /docent/dist/package ./dist/package
RUN install -d -m 700 -o node -g node /data
USER node
VOLUME /data
EXPOSE 3000
# The first start ingests before it is ready.
HEALTHCHECK --interval=30s --timeout=5s --start-period=5m --start-interval=2s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/readyz`).then(({ok}) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node itself, so that it gets the signals: npm or a shell between would not pass them on.
CMD ["node", "bin/docent.mjs", "serve"]
