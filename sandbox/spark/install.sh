#!/usr/bin/env bash
# Installs Spark 4.2.0 and Delta Lake 4.4.0 for the tests that ask real Delta what a statement means.
# Usage: sandbox/spark/install.sh [DIR]   (default: $DRT_SPARK_DIR, else the user's cache folder)
# Needs python3 with pip, Java 17 and Maven. Prints the folder; a second call finds it done.
set -euo pipefail

dir=${1:-${DRT_SPARK_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/drt/spark-4.2.0-delta-4.4.0}}
if [ -e "$dir/complete" ]; then
  echo "$dir"
  exit 0
fi
for tool in python3 java mvn; do
  command -v "$tool" >/dev/null || {
    echo "install.sh: $tool is missing: on Debian, apt-get install python3-venv openjdk-17-jre-headless maven" >&2
    exit 1
  }
done
mkdir -p "$dir"

# The wheel holds the jars and bin/spark-submit; no Python of it runs.
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check pyspark==4.2.0 >&2

for artifact in io.delta:delta-spark_4.2_2.13:4.4.0 io.delta:delta-storage:4.4.0; do
  mvn --batch-mode --quiet org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
    -Dartifact="$artifact" -DoutputDirectory="$dir/jars" >&2
done

home=$("$dir/venv/bin/python" -c 'import importlib.util; print(importlib.util.find_spec("pyspark").submodule_search_locations[0])')
ln -sfn "$home" "$dir/spark"
touch "$dir/complete"
echo "$dir"
