#!/usr/bin/env bash
# Fetches releases of Spark, by pip, into a folder, and prints what SPARKSCALE_SPARK_HOMES is to be for the tests:
#
#	export SPARKSCALE_SPARK_HOMES=$(integration/spark/fetch.sh ~/.cache/sparkscale 3.5.6 4.2.0)
#	(cd integration && go test -v -timeout 30m ./spark)
#
# It needs pip, tar and some 500 MB for a release; Spark then needs Java 17. What is there already is not fetched again.
set -euo pipefail

folder=$(mkdir -p "${1:?a folder}" && cd "$1" && pwd)
shift
homes=
for version in "${@:-3.5.6}"; do
  home=$folder/spark-$version
  if [[ ! -x $home/bin/spark-submit ]]; then
    python3 -m pip download --quiet --no-deps --dest "$folder" "pyspark==$version" >&2
    rm -rf "$home.part"
    mkdir -p "$home.part"
    tar -xzf "$folder/pyspark-$version.tar.gz" -C "$home.part" --strip-components=2 --wildcards "pyspark-$version/deps/jars/*" "pyspark-$version/deps/bin/*"
    rm "$folder/pyspark-$version.tar.gz"
    mv "$home.part" "$home"
  fi
  homes=${homes:+$homes:}$home
done
printf '%s\n' "$homes"
