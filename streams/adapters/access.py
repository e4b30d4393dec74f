"""How to get into Kafka: the security settings, in the words of each client library."""

import ssl
from pathlib import Path
from typing import Any

from streams.settings.shape import Kafka


def _secret(path: str) -> str:
    return Path(path).read_text(encoding="utf-8").strip()


def _ssl_context(kafka: Kafka) -> ssl.SSLContext | None:
    if kafka.security_protocol not in ("SSL", "SASL_SSL"):
        return None
    tls = kafka.tls
    context = ssl.create_default_context(cafile=tls.ca_file)
    context.check_hostname = tls.check_hostname
    if tls.certificate_file:
        password = _secret(tls.key_password_file) if tls.key_password_file else None
        context.load_cert_chain(tls.certificate_file, tls.key_file, password)
    return context


def _sasl(kafka: Kafka) -> dict[str, Any]:
    if not kafka.security_protocol.startswith("SASL"):
        return {}
    sasl = kafka.sasl
    found: dict[str, Any] = {"sasl_mechanism": sasl.mechanism}
    if sasl.mechanism == "GSSAPI":
        found["sasl_kerberos_service_name"] = sasl.kerberos_service_name
        if sasl.kerberos_domain_name:
            found["sasl_kerberos_domain_name"] = sasl.kerberos_domain_name
        return found
    if sasl.username:
        found["sasl_plain_username"] = sasl.username
    if sasl.password_file:
        found["sasl_plain_password"] = _secret(sasl.password_file)
    return found


def client_options(kafka: Kafka) -> dict[str, Any]:
    """Further arguments of every aiokafka and kafka-python client; empty without security.

    Raises OSError and ssl.SSLError when a file of the settings can't be used.
    """
    if kafka.security_protocol == "PLAINTEXT":
        return {}
    options: dict[str, Any] = {"security_protocol": kafka.security_protocol, **_sasl(kafka)}
    context = _ssl_context(kafka)
    if context is not None:
        options["ssl_context"] = context
    return options
