from tests.api.conftest import record, written_record

__all__ = ["record", "written_record"]
