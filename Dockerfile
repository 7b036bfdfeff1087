# The engine, ready to run: packages installed and sources built in the image, so that a container starts at once.
FROM node:20-bookworm-slim
# util-linux brings taskset, to pin hot threads to cores.
RUN apt-get update && apt-get install -y --no-install-recommends util-linux ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /ringside
COPY . .
RUN node bin/setup.mjs && mkdir /data && chown node:node /data
USER node
VOLUME /data
ENTRYPOINT ["node", "bin/ringside.mjs"]
CMD ["start"]
