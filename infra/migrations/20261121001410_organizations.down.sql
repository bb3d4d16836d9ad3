drop function purge_organization, restore_organization, owned_organization, restore_with_parts,
    delete_organization, change_member, lock_organization, found_organization, take_charge,
    person_name, organization_role;
