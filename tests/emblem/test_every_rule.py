"""Every rule of the validation in shared/emblem/SPEC.md, and the tests in which it is broken. One without a test is seen here."""

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent
RULES: dict[str, list[str]] = {
    # Step 1: keys, signatures, times
    "a kid is computed, never believed": ["test_validation::test_a_forged_identifier_finds_no_key"],
    "a kid inside a key is ignored": ["test_emblem_keys::test_a_key_is_the_same_however_it_is_written"],
    "a prototype's kid is taken with a warning": [
        "test_emblem_keys::test_a_prototypes_identifier_is_taken_with_a_warning"
    ],
    "a bad signature drops": ["test_validation::test_a_changed_signature_drops_the_token"],
    "a token whose key is missing drops": ["test_validation::test_a_missing_key_drops_the_token"],
    "expired by a second": ["test_validation::test_expired_by_a_second"],
    "not valid yet by a second": ["test_validation::test_expired_by_a_second"],
    "no clock skew": ["test_validation::test_expired_by_a_second"],
    # Step 2: one emblem
    "two emblems": ["test_validation::test_two_emblems"],
    "two emblems, of which one is over": ["test_validation::test_an_expired_emblem_beside_a_good_one_is_no_second"],
    "no emblem": ["test_validation::test_no_emblem"],
    # Step 3: the chain
    "a chain that branches": ["test_validation::test_a_chain_that_branches"],
    "a chain that loops": [
        "test_validation::test_a_chain_that_loops",
        "test_validation::test_a_key_that_endorses_itself",
    ],
    "an endorsement beside the chain": ["test_validation::test_an_endorsement_beside_the_chain"],
    "end missing": ["test_validation::test_end_missing", "test_profiles::test_profile_b_refuses"],
    "end may be false above the emblem": ["test_validation::test_end_is_free_for_the_one_above_the_emblem"],
    "prp too wide inside": ["test_validation::test_prp_too_wide_inside"],
    "sub is not iss": ["test_validation::test_the_subject_must_be_the_issuer"],
    "an expired endorsement": ["test_validation::test_an_expired_endorsement_is_as_if_it_were_not_there"],
    "assets, wnd and dst of profile A": [
        "test_profiles::test_limits_of_profile_a",
        "test_profiles::test_limits_hold_for_the_whole_set",
    ],
    # Step 4
    "no issuer stops at SIGNED": ["test_validation::test_without_an_issuer_it_is_signed"],
    "foreign issuer": ["test_validation::test_a_foreign_issuer"],
    # Step 5: the commitment
    "issuer without log": ["test_validation::test_an_issuer_without_log"],
    "log elsewhere than at the top": ["test_validation::test_log_must_be_at_the_top"],
    "log in two places": ["test_profiles::test_profile_b_refuses"],
    "wildcard certificate": ["test_commitment::test_names"],
    "a certificate of somebody else": ["test_commitment::test_a_certificate_of_another_organisation"],
    "a revoked certificate": ["test_commitment::test_revoked"],
    "a certificate that ended": ["test_commitment::test_a_certificate_that_ended_or_did_not_begin"],
    "a log that does not prove it": [
        "test_commitment::test_a_log_that_lies_disproves",
        "test_commitment::test_a_log_that_shows_another_entry_than_the_one_it_proves",
        "test_commitment::test_a_log_with_another_key",
    ],
    "not checked is not failed": [
        "test_commitment::test_without_logs_or_revocation_list_it_stays_signed",
        "test_commitment::test_what_is_missing_from_a_folder_was_not_looked_at",
    ],
    "a certificate that leads to no root": ["test_roots::test_an_authority_that_is_not_among_the_roots"],
    # Step 6: endorsers
    "endorsers drop one by one (end, prp, sub, key, iss, log)": ["test_validation::test_endorsers_drop_one_by_one"],
    "an endorser endorses the root key": [
        "test_validation::test_an_endorsement_of_the_emblems_key_is_not_one_of_the_root"
    ],
    "an endorser without commitment": ["test_validation::test_an_authority_must_have_committed_to_its_key"],
    "an endorser nobody looked at": ["test_commitment::test_an_endorser_nobody_looked_at_does_not_count"],
    # Step 7: the name
    "wrong name": ["test_validation::test_the_wrong_name"],
    "case aside": ["test_validation::test_case_and_the_last_dot_mean_nothing"],
    "SIGNED alone is not TRUSTED": [
        "test_validation::test_trusted_keys",
        "test_validation::test_trust_makes_nothing_valid",
    ],
    # The forms
    "duplicate map key": [
        "test_cbor::test_refused",
        "test_profiles::test_profile_b_refuses",
        "test_profiles::test_profile_a_refuses",
        "test_emblem_keys::test_other_keys_are_refused",
    ],
    "trailing bytes": [
        "test_cbor::test_refused",
        "test_profiles::test_profile_b_refuses",
        "test_emblem_keys::test_other_keys_are_refused",
    ],
    "alg none": ["test_profiles::test_profile_a_refuses", "test_profiles::test_profile_b_refuses"],
    "an algorithm of another curve": ["test_profiles::test_an_algorithm_goes_with_its_curve_only"],
    "external data, unprotected headers, other tags": ["test_profiles::test_profile_b_refuses"],
    "key confusion between profiles": [
        "test_validation::test_keys_of_one_profile_do_not_serve_the_other",
        "test_validation::test_endorsements_of_one_profile_do_not_serve_the_other",
        "test_validation::test_an_item_said_to_be_of_the_other_profile_is_unreadable",
    ],
    # The DNS
    "partial RRset": [
        "dns/test_dns_discovery::test_a_part_is_refused_where_tcp_does_not_give_the_whole",
        "dns/test_dns_discovery::test_a_server_that_leaves_records_out_is_refused",
        "dns/test_dns_answers::test_no_datagram_is_larger_than_may_be",
    ],
    "truncated answers": ["dns/test_dns_discovery::test_truncation_leads_to_tcp_and_no_part_is_used"],
    "nobody but the resolver is asked": ["dns/test_dns_discovery::test_nobody_but_the_resolver_is_asked"],
    # Whatever comes in
    "never a crash, never above SIGNED": [
        "test_fuzz::test_any_bytes",
        "test_fuzz::test_changed_bytes_of_good_sets",
        "test_fuzz::test_a_thief_with_keys_of_their_own_and_all_our_tokens",
        "test_fuzz::test_damaged_log_entries",
        "test_fuzz::test_any_name",
    ],
}


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_has_a_test_where_it_is_broken(rule: str) -> None:
    """The test is there, under its name, and is collected: it is neither skipped nor nested in something."""
    assert RULES[rule]
    for place in RULES[rule]:
        file, _, name = place.partition("::")
        module = ast.parse((HERE / f"{file}.py").read_text(encoding="utf-8"))
        (found,) = [each for each in module.body if isinstance(each, ast.FunctionDef) and each.name == name]
        assert not any("skip" in ast.unparse(each) or "xfail" in ast.unparse(each) for each in found.decorator_list)
