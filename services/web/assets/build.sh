#!/usr/bin/env bash
# Compiles the style, and gathers what comes from elsewhere, into services/web/static, beside the scripts that are written
# there. Needs Node and npm; a running town needs neither, since the result is committed.
set -euo pipefail
cd "$(dirname "$0")"
work=${TRELLIS_ASSETS:-../../../.trellis/assets}
static=../static

mkdir -p "$work"
cp package.json "$work/"
(cd "$work" && npm install --no-audit --no-fund --no-package-lock --ignore-scripts --silent)
"$work/node_modules/.bin/sass" --style=compressed --no-source-map --no-charset --quiet-deps \
  --load-path="$work/node_modules" app.scss "$static/app.css"
"${PYTHON:-python3}" logical.py "$static/app.css"
cp "$work/node_modules/htmx.org/dist/htmx.min.js" "$static/htmx.js"
for weight in latin-400 latin-700 latin-ext-400 latin-ext-700; do
  cp "$work/node_modules/@fontsource/atkinson-hyperlegible/files/atkinson-hyperlegible-$weight-normal.woff2" \
    "$static/atkinson-hyperlegible-$weight.woff2"
done
