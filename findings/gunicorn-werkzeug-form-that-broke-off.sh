#!/usr/bin/env bash
# gunicorn 27.0.1 with Werkzeug (PyPI, versions below): a form whose connection ended early is read as a whole one.
#
# A browser that goes away in the middle of a POST sends fewer bytes than its Content-Length says. Werkzeug tells
# that from the length, unless the server sets wsgi.input_terminated, which promises that the end of the stream is
# the end of the body. gunicorn sets it for every request, so the application gets the fields that had arrived and
# no error. A service that must not keep half of what a person typed has to compare the lengths itself.
# Seen on Linux. Exits 1 when the behaviour is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${server:-0}" 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "gunicorn==27.0.1" "werkzeug==3.1.9"
cat > "$folder/app.py" <<'PYTHON'
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response


def app(environ, start):
    request = Request(environ)
    try:
        answer = Response(f"terminated={environ.get('wsgi.input_terminated')} form={request.form.to_dict()}")
    except HTTPException as error:
        answer = error.get_response()
    return answer(environ, start)
PYTHON
cd "$folder"
"$folder/venv/bin/gunicorn" --worker-class gthread --threads 2 --bind "unix:$folder/socket" --no-control-socket app:app \
  > "$folder/log" 2>&1 &
server=$!
"$folder/venv/bin/python" - "$folder/socket" <<'PYTHON'
import socket
import sys
import time

for _ in range(100):
    try:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(sys.argv[1])
        break
    except OSError:
        time.sleep(0.1)
body = b"first=kept&second=cut"
head = (
    "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    f"Content-Length: {len(body) + 40}\r\n\r\n"
)
connection.sendall(head.encode() + body)
connection.shutdown(socket.SHUT_WR)
answer = b""
while part := connection.recv(65536):
    answer += part
print(answer.decode().replace("\r\n", "\n"))
whole = b"200 OK" in answer and b"'second': 'cut'" in answer and b"terminated=True" in answer
sys.exit(0 if whole else 1)
PYTHON
echo "as seen with gunicorn 27.0.1 and Werkzeug 3.1.9"
