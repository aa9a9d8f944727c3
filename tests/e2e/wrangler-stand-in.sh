#!/usr/bin/env bash
# Stands for wrangler on PATH: hands the call to the test's server (`cloudflare-stand-in.ts`) and says what it answers.
# Not in JavaScript, because a deployment calls wrangler a dozen times, and Node takes 20 times as long to start.
export LC_ALL=C
IFS=$'\x1f'
call="$PWD$IFS${CLOUDFLARE_ACCOUNT_ID-}$IFS${WRANGLER_OUTPUT_FILE_PATH-}$IFS$*"
address=${CLOUDFLARE_API_BASE_URL#http://}
address=${address%%/*}
exec 3<>"/dev/tcp/${address%:*}/${address#*:}"
printf 'POST /wrangler HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s' "${#call}" "$call" >&3
while read -r header <&3 && [[ $header != $'\r' ]]; do :; done
IFS=' ' read -r exit_code stdout_bytes <&3
IFS= read -r -N "$stdout_bytes" stdout <&3
IFS= read -r -d '' stderr <&3
printf '%s' "$stdout"
printf '%s' "$stderr" >&2
exit "$exit_code"
