"""What is held about people: built here."""

from bot.erasure_book import ErasureBook
from db.session import Database
from services.audit import AuditService
from services.never_label import Forgetting
from services.ports import Clock, Ids
from services.privacy.bundle import PrivacyServices
from services.privacy.erasing import ErasingService
from services.privacy.exporting import ExportingService
from services.privacy.steps import Steps
from services.privacy.whole import EndMailbox, ForgetVectors, WholeErasure
from services.retention.running import RetentionService
from services.sweeps import TenantCheck
from services.vault import Vault


def privacy_services(
    database: Database,
    clock: Clock,
    ids: Ids,
    audit: AuditService,
    *,
    vault: Vault,
    book: ErasureBook,
    end_mailbox: EndMailbox,
    forget_vectors: ForgetVectors,
) -> PrivacyServices:
    forgetting = Forgetting(db=database, clock=clock, ids=ids, audit=audit)
    return PrivacyServices(
        erasing=ErasingService(
            db=database,
            clock=clock,
            ids=ids,
            vault=vault,
            audit=audit,
            steps=Steps(clock=clock, ids=ids, audit=audit, forgetting=forgetting),
            ledger=book.note,
        ),
        exporting=ExportingService(database, audit, vault),
        retention=RetentionService(
            db=database, clock=clock, ids=ids, audit=audit, forgetting=forgetting
        ),
        whole=WholeErasure(
            db=database,
            clock=clock,
            audit=audit,
            end_mailbox=end_mailbox,
            forget_vectors=forget_vectors,
        ),
    )


def privacy_checks(privacy: PrivacyServices) -> tuple[TenantCheck, ...]:
    return privacy.erasing.check, privacy.retention.due
