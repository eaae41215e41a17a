#!/usr/bin/python3
"""The library software of the sample cloud: a search over MARC records, behind nginx.

    search_app.py index RECORDS INDEX    writes the word index, one "word<TAB>number,number" a line
    search_app.py serve FOLDER           answers on the Unix socket FOLDER/app.socket
    search_app.py sql RECORDS PASSWORD   prints the repository's database as SQL, for the role "watch"
                                         with the password of that file

FOLDER holds `records.mrc` and `index.tsv`, both read anew for every search, as a program with its
index on disk does: a truncated index finds less and nobody is told. If FOLDER/delay exists it
holds the seconds that every answer takes longer.
"""
import html
import json
import os
import re
import socketserver
import sys
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler


def text_of(field):
    """A field's subfields as one line; MARC-8 accents are left out."""
    parts = field.split(b"\x1f")[1:]
    return " ".join(part[1:].decode("ascii", "replace") for part in parts).strip(" /:;,")


def read_records(path):
    """ISO 2709: a leader of 24 bytes, a directory of 12 bytes a field, the fields."""
    with open(path, "rb") as file:
        data = file.read()
    records = []
    for raw in data.split(b"\x1d"):
        raw = raw.lstrip(b"\r\n")
        if len(raw) < 25:
            continue
        base = int(raw[12:17])
        record = {"id": str(len(records) + 1), "title": "", "author": "", "isbn": ""}
        for at in range(24, base - 1, 12):
            tag, length, start = raw[at:at + 3], int(raw[at + 3:at + 7]), int(raw[at + 7:at + 12])
            field = raw[base + start:base + start + length - 1]
            if tag == b"245":
                record["title"] = text_of(field)
            elif tag in (b"100", b"110"):
                record["author"] = text_of(field)
            elif tag == b"020" and not record["isbn"]:
                record["isbn"] = text_of(field).split(" ")[0]
        records.append(record)
    return records


def words_of(text):
    return set(re.findall(r"[a-z0-9]+", text.lower()))


def write_index(records_path, index_path):
    index = {}
    for number, record in enumerate(read_records(records_path)):
        for word in words_of(record["title"] + " " + record["author"] + " " + record["isbn"]):
            index.setdefault(word, []).append(str(number))
    with open(index_path + ".new", "w", encoding="ascii") as file:
        for word in sorted(index):
            file.write(word + "\t" + ",".join(index[word]) + "\n")
    os.replace(index_path + ".new", index_path)


def print_sql(records_path, password_path):
    """Statements apart by empty lines, as PostgreSQL's single-user mode wants them."""
    with open(password_path, encoding="ascii") as file:
        password = file.read().strip()
    print("create role watch login password '%s';\n" % password)
    print("create table record (id integer primary key, title text not null);\n")
    for record in read_records(records_path):
        title = record["title"].replace("\ufffd", "?").replace("'", "''")
        print("insert into record values (%s, '%s');\n" % (record["id"], title))
    print("grant select on record to watch;\n")


def find(folder, query):
    """The records that hold every word of the query."""
    index = {}
    with open(os.path.join(folder, "index.tsv"), encoding="ascii") as file:
        for line in file:
            word, tab, numbers = line.rstrip("\n").partition("\t")
            if tab and numbers:
                index[word] = {int(number) for number in numbers.split(",") if number}
    wanted = [index.get(word, set()) for word in words_of(query)]
    numbers = set.intersection(*wanted) if wanted else set()
    records = read_records(os.path.join(folder, "records.mrc"))
    return [records[number] for number in sorted(numbers)]


def page(title, body):
    return ("<!DOCTYPE html><html lang=en><meta charset=utf-8><title>%s</title><h1>%s</h1>%s\n"
            % (html.escape(title), html.escape(title), body))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "SampleLibrary/1"

    def do_GET(self):
        delay = os.path.join(self.server.folder, "delay")
        if os.path.exists(delay):
            with open(delay, encoding="ascii") as file:
                time.sleep(float(file.read() or 0))
        target = urllib.parse.urlsplit(self.path)
        options = dict(urllib.parse.parse_qsl(target.query))
        answer = {"/": self.home, "/search": self.search, "/openurl": self.openurl,
                  "/oai": self.oai}.get(target.path)
        if answer is None:
            self.reply(404, "text/html", page("Not found", "<p>No such page."))
        else:
            answer(options)

    def home(self, options):
        self.reply(200, "text/html", page("Library", "<form action=search><input name=q></form>"))

    def search(self, options):
        query = options.get("q", "")
        hits = find(self.server.folder, query)
        if options.get("format") == "json":
            self.reply(200, "application/json",
                       json.dumps({"query": query, "hits": len(hits), "records": hits}))
            return
        items = "".join("<li>" + html.escape(hit["title"]) for hit in hits)
        self.reply(200, "text/html",
                   page("Search: " + query, "<p>%d hits<ol>%s</ol>" % (len(hits), items)))

    def openurl(self, options):
        """NISO Z39.88: which services has the institution for this citation?"""
        hits = find(self.server.folder, options.get("rft.isbn") or options.get("rft.title", ""))
        items = "".join("<li>Full text: " + html.escape(hit["title"]) for hit in hits)
        self.reply(200, "text/html",
                   page("Services", "<p>%d targets<ul>%s</ul>" % (len(hits), items)))

    def oai(self, options):
        """OAI-PMH 2.0: Identify, and an error inside HTTP 200 for everything else."""
        if options.get("verb") == "Identify":
            content = ("<Identify><repositoryName>Repository</repositoryName><baseURL>/oai</baseURL>"
                       "<protocolVersion>2.0</protocolVersion></Identify>")
        else:
            content = '<error code="badVerb"/>'
        self.reply(200, "text/xml", '<?xml version="1.0" encoding="UTF-8"?>'
                   '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">%s</OAI-PMH>\n' % content)

    def reply(self, status, content_type, body):
        data = body.encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", content_type + "; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def address_string(self):
        return "nginx"  # a Unix socket has no address


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 64


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "index":
        write_index(sys.argv[2], sys.argv[3])
    elif len(sys.argv) == 4 and sys.argv[1] == "sql":
        print_sql(sys.argv[2], sys.argv[3])
    elif len(sys.argv) == 3 and sys.argv[1] == "serve":
        os.chdir(sys.argv[2])  # a socket's path has 107 bytes at most
        if os.path.exists("app.socket"):
            os.unlink("app.socket")
        server = Server("app.socket", Handler)
        server.folder = "."
        server.serve_forever()
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
