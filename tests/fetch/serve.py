"""serve.py DIRECTORY PORT_FILE: a small web server on the loopback address for the tests of fetching.

It gives the files of DIRECTORY and understands Range. A first part of the path changes its manners:
/cut/FILE sends half of what was asked for and hangs up; /norange/FILE ignores Range; /moved/FILE
redirects to /FILE; /refuse/FILE answers 403. Every request is a line of DIRECTORY/requests.log: path
and Range. It ends by itself after ten minutes, or when its parent does.
"""
import http.server
import os
import sys
import threading
import time

root, port_file = sys.argv[1:]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        wanted = self.headers.get("Range")
        with open(os.path.join(root, "requests.log"), "a") as log:
            log.write(f"{self.path} {wanted or '-'}\n")
        parts = self.path.strip("/").split("/")
        manner, name = parts if len(parts) == 2 else ("", parts[0])
        if manner == "moved":
            self.send_response(302)
            self.send_header("Location", "/" + name)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        path = os.path.join(root, name)
        if manner == "refuse" or not os.path.isfile(path):
            self.send_error(403 if manner == "refuse" else 404)
            return
        data = open(path, "rb").read()
        first = 0
        if wanted and manner != "norange":
            first = int(wanted.split("=")[1].split("-")[0])
            if first >= len(data):
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        else:
            self.send_response(200)
        body = data[first:]
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if manner == "cut" else body)
        if manner == "cut":
            self.close_connection = True

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
with open(port_file + ".part", "w") as f:
    f.write(str(server.server_port))
os.rename(port_file + ".part", port_file)
parent = os.getppid()
for _ in range(6000):
    time.sleep(0.1)
    if os.getppid() != parent:
        break
