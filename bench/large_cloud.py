#!/usr/bin/env python3
"""Writes the configuration of a large cloud: the same text for the same arguments.

    bench/large_cloud.py --instances 1000 --checks 5000 --url http://127.0.0.1:8080 FOLDER

The checks are plain HTTP checks of BASE/<instance>/<number>, spread evenly over the instances,
which are spread over three territories and one file per territory and hundred instances.
"""
import argparse
import pathlib

TERRITORIES = {
    "na": ("North America", "America/Chicago", [("ord", "Chicago"), ("sea", "Seattle")]),
    "emea": ("Europe, Middle East and Africa", "Europe/Amsterdam",
             [("ams", "Amsterdam"), ("fra", "Frankfurt")]),
    "apac": ("Asia and Pacific", "Asia/Singapore", [("sin", "Singapore"), ("syd", "Sydney")]),
}
PRODUCTS = {"catalog": "Catalog", "discovery": "Discovery", "resolver": "Link Resolver",
            "repository": "Repository", "reading-lists": "Reading Lists"}


def foundation(name):
    lines = [f'cloud: {{name: {name}, url: "https://status.example.org"}}', "territories:"]
    for territory, (title, zone, _) in TERRITORIES.items():
        lines.append(f'  {territory}: {{name: "{title}", time_zone: {zone}}}')
    lines.append("data_centers:")
    for territory, (_, _, centers) in TERRITORIES.items():
        for (center, title), role in zip(centers, ("primary", "off_site")):
            lines.append(
                f"  {center}1: {{name: {title} 1, territory: {territory}, role: {role}}}")
    lines.append("products:")
    lines += [f"  {product}: {{name: {title}}}" for product, title in PRODUCTS.items()]
    return "\n".join(lines) + "\n"


def instance(number, checks, arguments):
    territory = list(TERRITORIES)[number % 3]
    product = list(PRODUCTS)[number // 3 % len(PRODUCTS)]
    center = TERRITORIES[territory][2][0][0] + "1"
    key = f"{product}-{territory}{number:04}"
    lines = [
        f"  {key}:",
        f"    name: {PRODUCTS[product]} {territory.upper()}{number:04}",
        f"    aliases: [{territory.upper()}{number:04}-{product}]",
        f"    hosts: [{key}.example.org]",
        f"    institutions: [University of Sample {number}]",
        f"    product: {product}",
        f"    data_center: {center}",
        f"    tenancy: {'single' if number % 10 == 9 else 'multi'}",
        f"    environment: {'sandbox' if number % 20 == 19 else 'production'}",
        "    sla: 99.9",
    ]
    if checks:
        lines.append("    checks:")
    for check in range(checks):
        lines.append(
            f'      page{check}: {{http: {{url: "{arguments.url}/{key}/{check}", '
            f"expect: {{status: 200}}}}, every: {arguments.every}, timeout: {arguments.timeout}"
            + (f", confirm: {arguments.confirm}" if arguments.confirm else "") + "}")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path, help="made if absent; its *.yaml are replaced")
    parser.add_argument("--instances", type=int, default=1000)
    parser.add_argument("--checks", type=int, default=5000, help="in the whole cloud")
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="without a slash at the end")
    parser.add_argument("--every", default="30s")
    parser.add_argument("--timeout", default="5s")
    parser.add_argument("--confirm", help="of every check: '{failures: 1}'")
    arguments = parser.parse_args()

    arguments.folder.mkdir(parents=True, exist_ok=True)
    for old in arguments.folder.glob("*.yaml"):
        old.unlink()
    (arguments.folder / "cloud.yaml").write_text(foundation("Large Cloud"))
    files = {}
    for number in range(arguments.instances):
        checks = (arguments.checks * (number + 1) // arguments.instances
                  - arguments.checks * number // arguments.instances)
        territory = list(TERRITORIES)[number % 3]
        name = f"{territory}-{number // 300:02}.yaml"
        files.setdefault(name, []).append(instance(number, checks, arguments))
    for name, parts in files.items():
        (arguments.folder / name).write_text("instances:\n" + "".join(parts))


if __name__ == "__main__":
    main()
